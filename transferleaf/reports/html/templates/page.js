// Interactive parts of the page: sortable tables, matrix cells with names, enlarged photos.
"use strict";

// Sorting. Without scripts the headings are plain text.
for (const heading of document.querySelectorAll("table.sorts thead th")) {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...heading.childNodes);
  heading.append(button);
  button.addEventListener("click", () => sortBy(heading));
}

function sortBy(heading) {
  const up = heading.ariaSort ? heading.ariaSort === "descending" : !heading.dataset.downFirst;
  for (const other of heading.parentElement.cells) other.removeAttribute("aria-sort");
  heading.ariaSort = up ? "ascending" : "descending";
  const body = heading.closest("table").tBodies[0];
  const rows = [...body.rows];
  rows.sort((one, two) => compare(one.cells[heading.cellIndex], two.cells[heading.cellIndex], up));
  body.append(...rows);
}

function compare(one, two, up) {
  const [left, right] = [one.dataset.value, two.dataset.value];
  // Rows without a value stay at the end in both directions.
  if (left === "" || right === "") return (left === "") - (right === "");
  const order =
    left === undefined
      ? one.textContent.trim().localeCompare(two.textContent.trim())
      : Number(left) - Number(right);
  return up ? order : -order;
}

// Only exactly 0 and 1 become 0% and 100%, as in the rest of the page.
function percent(share) {
  if (share === 0 || share === 1) return `${100 * share}%`;
  return `${Math.min(99.9, Math.max(0.1, 100 * share)).toFixed(1)}%`;
}

// Confusion matrices: one tab stop each, and arrow keys inside.
for (const window_ of document.querySelectorAll(".matrix")) {
  const table = window_.querySelector("table");
  const readout = document.getElementById(window_.dataset.readout);
  const cells = [...table.tBodies[0].rows].map((row) => [...row.cells].slice(1));
  cells[0][0].tabIndex = 0;

  const tell = (cell) => {
    const row = cell.parentElement;
    const names = table.tHead.rows[0].cells;
    const count = Number(cell.textContent);
    const photos = Number(row.dataset.photos);
    const truth = row.cells[0].textContent.trim();
    const said = names[cell.cellIndex].textContent.trim();
    const share = photos ? ` (${percent(count / photos)})` : "";
    readout.textContent =
      `${count} of ${photos} photos of ${truth}${share} ` +
      (truth === said ? "are classified correctly" : `are predicted as ${said}`);
  };
  const move = (from, to) => {
    from.tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  };
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

  table.addEventListener("mouseover", (event) => {
    if (event.target.matches("td")) tell(event.target);
  });
  table.addEventListener("focusin", (event) => {
    if (event.target.matches("td")) tell(event.target);
  });
  table.addEventListener("keydown", (event) => {
    const cell = event.target;
    if (!steps[event.key] || !cell.matches("td")) return;
    const [down, right] = steps[event.key];
    const next = cells[cell.parentElement.sectionRowIndex + down]?.[cell.cellIndex - 1 + right];
    if (next) move(cell, next);
    event.preventDefault();
  });
}

// A hint above everything that is wider than the screen.
const widths = new ResizeObserver((changes) => {
  for (const { target } of changes) {
    target.previousElementSibling.hidden = target.scrollWidth <= target.clientWidth;
  }
});
for (const region of document.querySelectorAll(".scroll, .matrix")) {
  const cue = document.createElement("p");
  cue.className = "cue";
  cue.textContent = "Scroll sideways to see all →";
  cue.hidden = true;
  region.before(cue);
  widths.observe(region);
}

for (const box of document.querySelectorAll("input[data-zeros]")) {
  box.addEventListener("change", () => {
    document.getElementById(box.dataset.zeros).classList.toggle("zeros", box.checked);
  });
}

// Photos. The dialog shows copies of the pictures.
const dialog = document.querySelector("dialog");
for (const button of document.querySelectorAll("button.photo")) {
  button.addEventListener("click", () => {
    const pictures = [...button.querySelectorAll("img")].map((picture) => picture.cloneNode());
    dialog.querySelector(".photos").replaceChildren(...pictures);
    dialog.querySelector(".heat").hidden = pictures.length < 2;
    const words = button.closest("li").querySelector(".words").cloneNode(true);
    dialog.querySelector(".told").replaceChildren(words);
    dialog.showModal();
  });
}
dialog?.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});

// Open folded parts for printing, if the style sheet cannot.
const folded = () => document.querySelectorAll("details:not([open])");
addEventListener("beforeprint", () => {
  for (const part of folded()) {
    part.open = true;
    part.dataset.closed = "";
  }
});
addEventListener("afterprint", () => {
  for (const part of document.querySelectorAll("details[data-closed]")) {
    part.open = false;
    delete part.dataset.closed;
  }
});
