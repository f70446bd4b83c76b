// The page that classifies photos: sends them one by one, and shows a card for each.
"use strict";

const template = document.getElementById("card");
const words = template.dataset;
const language = document.documentElement.lang;
const cards = document.getElementById("cards");
const waiting = [];
let working = false;

const percent = new Intl.NumberFormat(language, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });

function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (place, key) => values[key] ?? place);
}

function tell(text) {
  document.getElementById("told").textContent = text;
}

function add(files) {
  const chosen = [...files];
  const added = chosen.map((file) => ({ file, card: newCard(file) }));
  // The newest photos come first, in the order of selection.
  cards.prepend(...added.map((each) => each.card));
  document.getElementById("results").hidden = false;
  waiting.push(...added.map((each) => ({ ...each, alone: chosen.length === 1 })));
  if (chosen.length > 0) {
    added[0].card.focus({ preventScroll: true });
    added[0].card.scrollIntoView({ block: "start" });
  }
  work();
}

function newCard(file) {
  const card = template.content.firstElementChild.cloneNode(true);
  const photo = card.querySelector(".photo img");
  card.setAttribute("aria-label", filled(words.photoAlt, { name: file.name }));
  photo.alt = filled(words.photoAlt, { name: file.name });
  photo.addEventListener("error", () => {
    photo.removeAttribute("src");
    card.querySelector(".no-preview").hidden = false;
  });
  photo.src = URL.createObjectURL(file);
  card.querySelector(".name").textContent = file.name;
  return card;
}

async function work() {
  if (working) return;
  working = true;
  while (waiting.length > 0) {
    const next = waiting.shift();
    await ask(next);
  }
  working = false;
}

async function ask({ file, card, alone }) {
  if (file.size > Number(words.mostBytes)) {
    fail(card, words.tooLarge);
    return;
  }
  const found = await send("/api/predict", file);
  const answer = found.photos ? found.photos[0] : found;
  if (answer.error) {
    fail(card, ...reasonOf(answer.error));
    return;
  }
  show(card, answer);
  tell(`${answer.name}: ${answer.message}`);
  const button = card.querySelector(".explain");
  if (button) {
    button.addEventListener("click", () => explain(card, file, answer));
    if (alone) explain(card, file, answer);
  }
}

// Sends a photo, and retries if the server is busy. Failures are returned as errors.
async function send(address, file, fields = {}) {
  for (let tries = 0; tries < 30; tries += 1) {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append("photo", file, file.name);
    let response;
    try {
      response = await fetch(`${address}?lang=${language}`, { method: "POST", body: form });
    } catch {
      return { error: { code: "connection" } };
    }
    if (response.status === 503) {
      const seconds = Number(response.headers.get("retry-after")) || 2;
      await new Promise((done) => setTimeout(done, 1000 * seconds));
      continue;
    }
    try {
      return await response.json();
    } catch {
      return { error: { code: "other" } };
    }
  }
  return { error: { code: "busy" } };
}

function reasonOf(error) {
  const known = {
    busy: words.busy,
    connection: words.connection,
    too_large: words.tooLarge,
    unreadable: words.unreadable,
  };
  return [known[error.code] ?? words.other, error.code === "too_large" ? "" : error.message ?? ""];
}

function fail(card, text, reason = "") {
  const state = card.querySelector(".state");
  state.textContent = text;
  state.classList.add("failed");
  const detail = card.querySelector(".reason");
  detail.textContent = reason;
  detail.hidden = reason === "";
  tell(`${card.querySelector(".name").textContent}: ${text}`);
}

function show(card, answer) {
  card.querySelector(".state").hidden = true;
  card.querySelector(".found").hidden = false;
  const badge = card.querySelector(".badge");
  badge.textContent = words[answer.verdict];
  badge.classList.add(answer.verdict);
  card.querySelector(".says").textContent = answer.message;
  if (answer.verdict === "unknown") card.querySelector(".facts").hidden = true; // nothing to rely on
  fact(card, "crop", answer.crop === null ? null : spaced(answer.crop));
  fact(card, "disease", answer.healthy ? words.healthy : answer.disease === null ? null : spaced(answer.disease));
  fact(card, "probability", percent.format(answer.probability));
  const likely = answer.top.filter((each, place) => place === 0 || each.probability >= 0.001);
  card.querySelector(".top").append(...likely.map(candidate));
  showExamples(card, likely);
}

function spaced(name) {
  return name.replaceAll("_", " ").trim();
}

function fact(card, name, text) {
  const place = card.querySelector(`.facts .${name}`);
  if (text === null) place.remove();
  else place.querySelector("dd").textContent = text;
}

function element(name, text = "", kind = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

function candidate({ title, probability }) {
  const item = element("li");
  const bar = element("span", "", "bar");
  const length = element("span");
  length.style.width = `${100 * probability}%`;
  bar.append(length);
  item.append(element("span", title), element("span", percent.format(probability)), bar);
  return item;
}

function showExamples(card, top) {
  const place = card.querySelector(".examples");
  // Not for improbable classes.
  const compared = top.slice(0, 2).filter((each, n) => n === 0 || each.probability >= 0.01);
  for (const { title, examples } of compared.filter((each) => each.examples.length > 0)) {
    const row = element("div");
    for (const address of examples) {
      const picture = element("img");
      picture.alt = filled(words.examplesAlt, { title });
      picture.addEventListener("error", () => picture.remove());
      picture.src = address;
      row.append(picture);
    }
    const group = element("div", "", "class-examples");
    group.append(element("p", title), row);
    place.append(group);
    place.hidden = false;
  }
}

async function explain(card, file, answer) {
  const button = card.querySelector(".explain");
  const told = card.querySelector(".on-leaf");
  if (button.disabled) return;
  button.disabled = true;
  told.hidden = false;
  told.textContent = words.heatWorking;
  const found = await send("/api/explain", file, { class: answer.label });
  if (found.error) {
    const [text, reason] = reasonOf(found.error);
    told.textContent = `${text} ${reason}`;
    button.disabled = false;
    return;
  }
  const photo = card.querySelector(".photo img");
  photo.src = asUrl(found.photo);
  card.querySelector(".no-preview").hidden = true;
  const heat = card.querySelector(".heat");
  heat.querySelector("img").src = asUrl(found.heat_map);
  heat.querySelector("figcaption").textContent = filled(words.heatCaption, { title: found.title });
  heat.hidden = false;
  told.textContent = found.message;
  card.querySelector(".explaining").remove();
}

function asUrl(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
}

for (const [button, input] of [["camera", "from-camera"], ["choose", "from-files"]]) {
  const chosen = document.getElementById(input);
  document.getElementById(button).addEventListener("click", () => chosen.click());
  chosen.addEventListener("change", () => {
    add(chosen.files);
    chosen.value = ""; // so that the same file can be chosen again
  });
}

document.addEventListener("dragover", (event) => {
  event.preventDefault();
  document.body.classList.add("dragging");
});
document.addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) document.body.classList.remove("dragging");
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("dragging");
  add(event.dataTransfer.files);
});
