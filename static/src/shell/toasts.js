/** Say a short sentence at the bottom of the page; screen readers hear it too. */
export function toast(text, { seconds = 4 } = {}) {
  const item = document.createElement("div");
  item.className = "toast";
  item.textContent = text;
  document.getElementById("toasts").append(item);
  setTimeout(() => item.remove(), seconds * 1000);
}
