"use strict";

const $ = id => document.getElementById(id);
const shownRows = 200;
const quietAfter = 5000;

let latest = null;
let heardAt = 0;
let isPaused = false;
let token = sessionStorage.getItem("token") ?? "";

// What the bridge sends, as long as it sends. A browser's EventSource cannot send a token.
async function follow() {
  const response = await fetch("/events", {
    // A header takes no other characters; a token that has some is none of the bridge's.
    headers: token ? { Authorization: "Bearer " + token.replace(/[^\x21-\x7e]/g, "?") } : {}, cache: "no-store"
  });
  if (response.status === 401) {
    await askForToken();
    return follow();
  }
  if (!response.ok) throw new Error(await response.text());
  $("login").hidden = true;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    rest += value;
    for (let end; (end = rest.indexOf("\n\n")) >= 0; rest = rest.slice(end + 2)) {
      if (!rest.startsWith("data: ")) continue;
      heardAt = Date.now();
      latest = JSON.parse(rest.slice(6, end));
      if (!isPaused) draw();
    }
  }
}

async function keepFollowing() {
  for (;;) {
    try {
      await follow();
      say("The bridge has stopped; looking for it…", "warn");
    } catch (error) {
      say(heardAt ? "No word from the bridge; looking for it…" : String(error.message || error), "bad");
    }
    await new Promise(resolve => setTimeout(resolve, 1000));
  }
}

function askForToken() {
  const form = $("login");
  say(token ? "That is not the token." : "A token is wanted.", "warn");
  form.hidden = false;
  $("token").focus();
  return new Promise(resolve => {
    form.addEventListener("submit", event => {
      event.preventDefault();
      token = $("token").value.trim();
      $("token").value = "";
      sessionStorage.setItem("token", token);
      resolve();
    }, { once: true });
  });
}

function say(text, kind) {
  const state = $("state");
  if (state.textContent !== text) state.textContent = text;
  state.className = "state " + kind;
}

// A link that hangs says nothing.
setInterval(() => {
  if (heardAt && Date.now() - heardAt > quietAfter) say("No word from the bridge for a while.", "bad");
}, 1000);

function draw() {
  const now = latest;
  if (!now) return;
  $("instance").textContent = `${now.instance} · ${now.version} · up ${span(now.uptime)}`;
  const isReady = now.reasons.length === 0;
  say(isReady ? "Ready" : "Not ready", isReady ? "good" : "bad");
  $("reasons").hidden = isReady;
  fill($("reasons"), now.reasons, reason => element("li", reason));
  tiles(now);
  charts(now.rates);
  tables(now);
}

function tiles(now) {
  const broker = now.broker;
  const links = broker.isPublishing && broker.isConsuming;
  tell("broker", broker.blocked ? "blocked" : links ? "connected" : "away",
    broker.blocked || !links ? "bad" : "good", broker.blocked ?? `${broker.unconfirmed} messages unconfirmed`);
  const failed = now.sessionCounts.failed ?? 0;
  const all = sum(now.sessionCounts);
  const polling = (now.sessionCounts.polling ?? 0) + (now.sessionCounts.renewing ?? 0);
  tell("gws", now.unreachable ? `away for ${now.unreachable}` : failed ? `${failed} failed` : polling ? "answers" : "no session",
    now.unreachable || failed ? "bad" : polling || !all ? "good" : "warn");
  tell("polling", `${polling} of ${all}`, polling === all ? "" : "warn");
  tell("call-count", now.callCount);
  tell("command-count", now.commandCount);
  tell("dead-letters", broker.deadLetters ?? "–", broker.deadLetters ? "warn" : "",
    "gws-bridge dead-letters list shows them");
  tell("spooled", broker.spooled + (broker.spoolAge ? `, ${span(broker.spoolAge)}` : ""),
    broker.spoolAge > 5 ? "warn" : "");
}

function tell(id, text, kind = "", title = "") {
  const place = $(id);
  place.textContent = text;
  place.className = kind;
  place.title = title;
}

const outcomes = ["confirmed", "accepted", "unconfirmed", "expired", "refused", "rejected", "unreachable", "unknown"];

function charts(rates) {
  const last = rates.at(-1) ?? { outcomes: {}, events: 0 };
  const seen = outcomes.filter(name => rates.some(second => second.outcomes[name]));
  const highest = count => Math.max(0, ...rates.map(count));
  $("outcome-rate").textContent = `${sum(last.outcomes)}, at most ${highest(second => sum(second.outcomes))}`;
  $("event-rate").textContent = `${last.events}, at most ${highest(second => second.events)}`;
  bars($("outcome-chart"), rates, seen, (second, name) => second.outcomes[name] ?? 0);
  bars($("event-chart"), rates, ["events"], second => second.events);
  fill($("outcome-legend"), seen.length ? seen : ["none in the last two minutes"], name => {
    const span = element(seen.length ? "span" : "em", name);
    span.className = "o-" + name;
    return span;
  });
}

function bars(svg, rates, names, value) {
  const [width, height, length] = [600, 120, 120];
  const heights = rates.map(second => names.reduce((total, name) => total + value(second, name), 0));
  const scale = height / Math.max(4, ...heights);
  const step = width / length;
  const shapes = names.map(name => {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("class", "o-" + name);
    return { name, path, lines: "" };
  });
  rates.forEach((second, index) => {
    const x = width - (rates.length - index) * step;
    let y = height;
    for (const shape of shapes) {
      const tall = value(second, shape.name) * scale;
      if (!tall) continue;
      y -= tall;
      shape.lines += `M${x.toFixed(1)} ${y.toFixed(1)}h${(step * .8).toFixed(1)}v${tall.toFixed(1)}h-${(step * .8).toFixed(1)}z`;
    }
  });
  for (const shape of shapes) shape.path.setAttribute("d", shape.lines);
  svg.replaceChildren(...shapes.map(shape => shape.path));
}

function tables(now) {
  rows("sessions", now.sessions, sum(now.sessionCounts), ["agent", "state", "trouble"], session => [
    session.agent, [session.state, { polling: "good", failed: "bad" }[session.state] ?? "warn"],
    [session.pollAge === undefined ? "never" : span(session.pollAge), "number"], [session.trouble ?? "", "bad"]
  ]);
  const personal = now.calls.some(call => call.parties);
  document.querySelectorAll("th.personal").forEach(cell => { cell.hidden = !personal; });
  rows("calls", now.calls, now.callCount, ["agent", "id", "state", "recording", "parties"], call => {
    const cells = [
      call.agent, [call.id, "id"], (call.state ?? "?") + (call.isConsult ? ", consult" : ""),
      [call.recording ?? "", { Recording: "bad", Paused: "warn" }[call.recording] ?? ""]
    ];
    return personal ? [...cells, (call.parties ?? []).join(", ")] : cells;
  });
  rows("commands", now.commands, now.commandCount, ["id", "agent", "call", "operation", "stage"], command => [
    command.operation ?? "?", command.agent ?? "?", [command.call ?? "", "id"], command.stage,
    [span(command.age), "number"], [command.id, "id"]
  ]);
}

// Of counts by name.
const sum = counts => Object.values(counts).reduce((total, count) => total + count, 0);

function rows(id, all, count, searched, cells) {
  const wanted = $("filter").value.trim().toLowerCase();
  const found = wanted
    ? all.filter(one => searched.some(name => String(one[name] ?? "").toLowerCase().includes(wanted))) : all;
  const shown = found.slice(0, shownRows);
  const body = document.querySelector(`#${id} tbody`);
  const columns = document.querySelectorAll(`#${id} th:not([hidden])`).length;
  if (shown.length) {
    fill(body, shown, one => {
      const row = document.createElement("tr");
      for (const cell of cells(one)) {
        const [text, kind] = Array.isArray(cell) ? cell : [cell, ""];
        const place = element("td", text);
        if (kind) place.className = kind;
        row.append(place);
      }
      return row;
    });
  } else {
    const cell = element("td", wanted ? "None that the filter lets through." : "None.");
    cell.colSpan = columns;
    const row = document.createElement("tr");
    row.className = "empty";
    row.append(cell);
    body.replaceChildren(row);
  }
  $(id + "-note").textContent = wanted ? `${found.length} of ${count}`
    : shown.length < count ? `the first ${shown.length} of ${count}; filter for others` : count;
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function fill(place, items, make) { place.replaceChildren(...items.map(make)); }

function span(seconds) {
  if (seconds < 10) return seconds.toFixed(1) + " s";
  if (seconds < 120) return Math.round(seconds) + " s";
  if (seconds < 7200) return Math.round(seconds / 60) + " min";
  if (seconds < 172800) return Math.round(seconds / 3600) + " h";
  return Math.round(seconds / 86400) + " d";
}

const themes = ["auto", "light", "dark"];

function setTheme(theme) {
  localStorage.setItem("theme", theme);
  document.documentElement.dataset.theme = theme;
  $("theme").textContent = "Theme: " + theme;
}

function nextTheme() {
  setTheme(themes[(themes.indexOf(document.documentElement.dataset.theme) + 1) % themes.length]);
}

function togglePause() {
  isPaused = !isPaused;
  $("pause").setAttribute("aria-pressed", isPaused);
  $("pause").textContent = isPaused ? "Paused" : "Pause";
  if (!isPaused) draw();
}

$("filter").addEventListener("input", draw);
$("pause").addEventListener("click", togglePause);
$("theme").addEventListener("click", nextTheme);
document.addEventListener("keydown", event => {
  if (event.key === "Escape" && event.target === $("filter")) {
    $("filter").value = "";
    $("filter").blur();
    return draw();
  }
  if (event.target.matches("input") || event.ctrlKey || event.altKey || event.metaKey) return;
  const act = {
    "/": () => $("filter").focus(), "1": () => $("sessions").focus(), "2": () => $("calls").focus(),
    "3": () => $("commands").focus(), p: togglePause, t: nextTheme
  }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

setTheme(themes.includes(localStorage.getItem("theme")) ? localStorage.getItem("theme") : "auto");
keepFollowing();
