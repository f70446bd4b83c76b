// The page of a review: shows a question, takes keys and clicks, and sends decisions.

const page = document.getElementById("review");
const words = JSON.parse(page.dataset.words);
const language = page.dataset.language;
const photoAt = (photo, side) => `/photos/${photo}/${side}?v=${page.dataset.version}`;
const at = (id) => document.getElementById(id);
const say = (key, values = {}) =>
  words[key].replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

let overview = { questions: [], classes: [] };
let place = 0;
let shown = null;
let busy = false;
const fetched = new Map(); // questions by number; photos are in the browser's own cache

async function ask(path, body) {
  const options = body && {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
  const answer = await fetch(`${path}?lang=${language}`, options || {});
  const told = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(told.error.message), { status: answer.status });
  return told;
}

function question(number) {
  if (!fetched.has(number)) {
    const coming = ask(`/api/questions/${number}`);
    coming.catch(() => fetched.delete(number));
    fetched.set(number, coming);
  }
  return fetched.get(number);
}

const nextOpen = (from) => {
  const { questions } = overview;
  for (let step = 1; step <= questions.length; step += 1) {
    const number = (from + step) % questions.length;
    if (questions[number].open && questions[number].decision === null) return number;
  }
  const later = questions.findIndex((each, number) => each.open && number !== from);
  return later < 0 ? from : later;
};

function tell(text, alarm = false) {
  at("told").textContent = text;
  at("told").classList.toggle("alarm", alarm);
}

function take(told) {
  overview = told;
  const { questions } = overview;
  const decided = questions.filter((each) => !each.open).length;
  at("place").textContent = questions.length
    ? say("place", { place: place + 1, all: questions.length })
    : "";
  at("open").textContent = say("open", { open: questions.length - decided });
  at("bar").max = questions.length || 1;
  at("bar").value = decided;
  at("how-far").replaceChildren(
    ...overview.how_far.map((text, number) => {
      const line = document.createElement("p");
      line.textContent = text;
      if (overview.enough && number === overview.how_far.length - 1) line.className = "enough";
      return line;
    }),
  );
  at("empty").hidden = questions.length > 0;
}

function thumbnails(photos, title) {
  if (!photos.length) {
    const none = document.createElement("p");
    none.className = "small quiet";
    none.textContent = say("no-photos");
    return [none];
  }
  return photos.map((each) => {
    const button = document.createElement("button");
    button.type = "button";
    const image = new Image();
    image.src = photoAt(each.photo, 320);
    image.alt = say("example", { title, file: each.file });
    image.title = each.file;
    button.append(image);
    button.dataset.name = each.name ?? "";
    if (!each.name) button.setAttribute("aria-disabled", "true");
    button.addEventListener("click", () => {
      if (each.name && page.classList.contains("choosing")) decide("same-leaf", { same_as: each.name });
      else enlarge(each);
    });
    return button;
  });
}

// Shows a photo for comparison instead of the reviewed one, until the next key.
function enlarge(each) {
  const large = at("photo");
  const own = photoAt(shown.photo, 1280);
  const same = large.getAttribute("src") === photoAt(each.photo, 1280);
  large.src = same ? own : photoAt(each.photo, 1280);
  large.alt = same ? shown.file : each.file;
  tell(same ? "" : say("enlarged", { file: each.file }));
}

function paint(asked) {
  shown = asked;
  stopChoosing();
  at("question").hidden = false;
  at("file").textContent = asked.file;
  const box = at("photo").parentElement;
  box.classList.remove("broken");
  at("photo").onerror = () => box.classList.add("broken");
  at("photo").src = photoAt(asked.photo, 1280);
  at("photo").alt = asked.file;
  at("reasons").replaceChildren(
    ...asked.reasons.map((text) => Object.assign(document.createElement("li"), { textContent: text })),
  );
  side("given", asked.given, asked.kind === "new" ? "says" : "labelled");
  at("proposed").hidden = !asked.proposed;
  if (asked.proposed) side("proposed", asked.proposed, asked.kind === "new" ? "or" : "like");
  at("other").hidden = !asked.other;
  if (asked.other) {
    at("other-title").textContent = say("other", { title: asked.other.title });
    at("other-photos").replaceChildren(...thumbnails([asked.other], asked.other.title));
  }
  for (const button of document.querySelectorAll("[data-action]"))
    button.classList.toggle("proposed", button.dataset.action === asked.action);
  at("decided").textContent = decidedText(overview.questions[place].decision);
}

function side(name, facts, key) {
  at(`${name}-title`).textContent = say(key, { title: facts.title });
  at(`${name}-photos`).replaceChildren(...thumbnails(facts.photos, facts.title));
}

function decidedText(decision) {
  if (!decision) return "";
  return say(`decided.${decision.action}`, { ...decision, other: decision.same_as ?? "" });
}

async function show(number) {
  if (!overview.questions.length) return;
  place = number;
  history.replaceState(null, "", `#${number + 1}`);
  take(overview);
  const asked = await question(number);
  if (place !== number) return; // another key came first
  paint(asked);
  for (const ahead of [1, 2]) {
    const coming = question((number + ahead) % overview.questions.length);
    coming.then((each) => { new Image().src = photoAt(each.photo, 1280); }, () => {});
  }
}

async function guarded(work) {
  if (busy) return;
  busy = true;
  try {
    await work();
  } catch (error) {
    tell(error.status ? error.message : say("offline"), true);
    if (error.status === 409) await refresh();
  } finally {
    busy = false;
  }
}

function decide(action, more = {}) {
  return guarded(async () => {
    const current = overview.questions[place];
    if (current.key !== shown.key) return; // the photo is not there yet, so nobody saw it
    const seen = current.decision ? current.decision.number : 0;
    const told = await ask("/api/decisions", { key: current.key, action, seen, ...more });
    const number = place;
    take(told);
    tell(`${shown.file}: ${decidedText(told.questions[number].decision)}`);
    await show(nextOpen(number));
    at("question").focus({ preventScroll: true });
  });
}

function undo() {
  return guarded(async () => {
    const told = await ask("/api/undo", {});
    take(told);
    if (!told.undone) { tell(say("nothing-to-undo")); return; }
    const number = told.questions.findIndex((each) => each.key === told.undone);
    await show(number < 0 ? place : number);
    tell(say("undone"));
  });
}

async function refresh() {
  take(await ask("/api/review"));
  if (shown) at("decided").textContent = decidedText(overview.questions[place].decision);
}

function finish() {
  return guarded(async () => {
    const { told } = await ask("/api/finish", {});
    at("results-told").textContent = told;
    at("results").showModal();
  });
}

// The same leaf as the photo beside, or as a chosen photo for comparison.
function sameLeaf() {
  if (shown.other) { decide("same-leaf", { same_as: shown.other.name }); return; }
  const first = page.querySelector(".row button:not([aria-disabled])");
  if (!first) { tell(say("no-other")); return; }
  page.classList.add("choosing");
  first.focus();
  tell(say("choose-leaf"));
}

function stopChoosing() {
  page.classList.remove("choosing");
}

// Selection of a class: type letters, move with the arrow keys, choose with Enter.
const search = at("search");
let options = [];
let marked = 0;

function openChooser() {
  search.value = "";
  list();
  at("chooser").showModal();
  search.focus();
}

function list() {
  const letters = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const proposed = shown.proposed ? shown.proposed.class : null;
  const fits = ({ name, title }) =>
    letters.every((part) => name.toLowerCase().includes(part) || title.toLowerCase().includes(part));
  const found = overview.classes.filter(fits);
  options = [...found.filter((each) => each.name === proposed), ...found.filter((each) => each.name !== proposed)];
  at("classes").replaceChildren(
    ...options.map((each, number) => {
      const option = document.createElement("li");
      option.id = `class-${number}`;
      option.setAttribute("role", "option");
      option.textContent = each.name === proposed ? say("proposed", each) : each.title;
      option.addEventListener("click", () => choose(number));
      return option;
    }),
  );
  mark(0);
}

function mark(number) {
  marked = Math.max(0, Math.min(number, options.length - 1));
  [...at("classes").children].forEach((option, each) => {
    option.setAttribute("aria-selected", String(each === marked));
    if (each === marked) option.scrollIntoView({ block: "nearest" });
  });
  if (options.length) search.setAttribute("aria-activedescendant", `class-${marked}`);
  else search.removeAttribute("aria-activedescendant");
}

function choose(number) {
  if (!options[number]) return;
  at("chooser").close();
  decide("relabel", { class_name: options[number].name });
}

search.addEventListener("input", list);
search.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    mark(marked + (event.key === "ArrowDown" ? 1 : -1));
  } else if (event.key === "Enter" && !event.isComposing) {
    event.preventDefault();
    choose(marked);
  }
});

function act(action) {
  if (action === "undo") return undo();
  if (action === "finish") return finish();
  if (!shown) return undefined;
  if (action === "previous" || action === "next") {
    const all = overview.questions.length;
    tell("");
    return show((place + (action === "next" ? 1 : all - 1)) % all);
  }
  if (action === "relabel") return openChooser();
  if (action === "same-leaf") return sameLeaf();
  return decide(action);
}

for (const button of document.querySelectorAll("[data-action]"))
  button.addEventListener("click", () => act(button.dataset.action));

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") { stopChoosing(); tell(""); at("question").focus(); return; }
  // By the position of the key for other scripts, such as Hangul.
  const key = /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : event.key.startsWith("Arrow") ? event.key : event.code.replace(/^Key/, "").toLowerCase();
  const button = page.querySelector(`.actions [data-key="${CSS.escape(key)}"]`);
  if (!button) return;
  event.preventDefault();
  act(button.dataset.action);
});

// Another tab may have made a decision.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") guarded(refresh);
});

guarded(async () => {
  take(await ask("/api/review"));
  const named = Number.parseInt(location.hash.slice(1), 10) - 1;
  const first = overview.questions.findIndex((each) => each.open && each.decision === null);
  if (overview.questions.length)
    await show(overview.questions[named] ? named : first < 0 ? nextOpen(0) : first);
});
