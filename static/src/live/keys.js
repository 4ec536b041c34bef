/** Keys of the page: "/" to search, down arrow from the search box into the list, Escape to close. */
export function startKeys({ search, list, onEscape }) {
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, select, textarea");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "Escape" && !event.defaultPrevented) {
      if (typing) event.target.blur();
      else onEscape();
    }
  });
  search.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown") return;
    event.preventDefault();
    list.focus();
  });
}
