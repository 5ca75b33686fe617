// Tables that say data-sortable can be sorted by every column, and searched by the controls that name them. Without this
// script they are plain tables.
for (const table of document.querySelectorAll("table[data-sortable]")) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const value = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.sort ?? cell.textContent.trim();
  };
  const compare = (one, other) =>
    isNaN(one) || isNaN(other) ? one.localeCompare(other, undefined, { numeric: true }) : one - other;

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const rows = [...body.rows];
      const empty = rows.filter((row) => value(row, column) === ""); // stay below, whichever way the others go
      const full = rows.filter((row) => value(row, column) !== "");
      const up = head.getAttribute("aria-sort") !== "ascending";
      full.sort((one, other) => (up ? 1 : -1) * compare(value(one, column), value(other, column)));
      heads.forEach((one) => one.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      body.append(...full, ...empty);
    });
  });
}

for (const controls of document.querySelectorAll(".controls")) {
  const rows = [...document.getElementById(controls.dataset.table).tBodies[0].rows];
  const search = controls.querySelector("input");
  const group = controls.querySelector("select");
  const count = controls.querySelector("output");
  const show = () => {
    const words = search.value.toLowerCase();
    for (const row of rows) {
      const found = row.cells[0].textContent.toLowerCase().includes(words);
      row.hidden = !found || Boolean(group && group.value && row.dataset.group !== group.value);
    }
    const shown = rows.filter((row) => !row.hidden).length;
    count.textContent = controls.dataset.count.replace("{count}", shown).replace("{size}", rows.length);
  };
  search.addEventListener("input", show);
  group?.addEventListener("change", show);
  controls.hidden = false;
  show();
}
