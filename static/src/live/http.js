/** JSON from our own server. */

export class HttpError extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

/** Rejects with HttpError when the server refuses, TypeError when it cannot be reached. */
export async function getJson(url, { signal } = {}) {
  const response = await fetch(url, { signal, headers: { Accept: "application/json" } });
  if (response.redirected && response.url.includes("/accounts/login")) throw new HttpError(401, "signed out");
  if (!response.ok) throw new HttpError(response.status, response.statusText);
  return response.json();
}

/** What happened and what to do, for a person. */
export function explain(error) {
  if (error.status === 401) return "You have been signed out. Sign in again to go on.";
  if (error.status === 404) return "It is not there any more. It may have been deleted or moved to another organization.";
  if (error.status) return `The server answered with an error (${error.status}). Try again; if it stays, tell whoever runs the server.`;
  return "The server could not be reached. Check your connection, then try again.";
}
