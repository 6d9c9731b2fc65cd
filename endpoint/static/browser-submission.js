/* The form of an exported site: a part of the rules, checked here, and the practice as a file or a mail. */
"use strict";
(() => {
  const LONGEST_LINK = 1800;
  const rules = JSON.parse(document.getElementById("submission-rules").textContent);
  const fold = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace(/[^\p{L}\p{N}]+/gu, " ").trim();

  function valuesOf(form) {
    const values = {};
    for (const [name, text] of new FormData(form)) if (text.trim()) (values[name] ??= []).push(text.trim());
    return values;
  }

  const listed = (list) => new Set([...document.getElementById(list).options].map((option) => fold(option.value)));

  /* Plain dates: a day, a month or a year, a range of them, or an open end. */
  const MONTHS = ["en", "fr"].flatMap((language) => ["long", "short"].flatMap((month) => {
    const names = new Intl.DateTimeFormat(language, { month, timeZone: "UTC" });
    return [...Array(12).keys()].map((number) => [fold(names.format(Date.UTC(2000, number))), number + 1]);
  }));

  function moment(text) {
    const iso = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/.exec(text.trim());
    if (iso) return pointIn(iso[1], iso[2], iso[3]);
    const words = fold(text).split(" ");
    const name = words.find((word) => !/^\d/.test(word));
    const month = MONTHS.find(([other]) => other === name)?.[1];
    if (!month || words.length > 3) return null;
    const numbers = words.filter((word) => word !== name).map((word) => word.replace(/^(\d{1,2})(?:st|nd|rd|th|er)$/, "$1"));
    const year = numbers.pop();
    return /^\d{4}$/.test(year ?? "") && numbers.every((day) => /^\d{1,2}$/.test(day)) ? pointIn(year, month, numbers[0]) : null;
  }

  function pointIn(year, month, day) {
    const parts = [Number(year), ...[month, day].filter((part) => part !== undefined).map(Number)];
    const [, inYear = 1, inMonth = 1] = parts;
    const date = new Date(Date.UTC(parts[0], inYear - 1, inMonth));
    if (parts[0] < 1000 || date.getUTCMonth() !== inYear - 1 || date.getUTCDate() !== inMonth) return null;
    return parts.map((part, at) => String(part).padStart(at ? 2 : 4, "0")).join("-");
  }

  /* What a date text says; null where it is not plain. */
  function period(text) {
    const open = /^(?:since|from|depuis)\s+(.+)$/i.exec(text) ?? /^(.+?)\s*[-–]\s*(?:ongoing|present|en cours|aujourd[’']hui)$/i.exec(text);
    if (open) {
      const begin = moment(open[1]);
      return begin && { shown: `${rules.since} ${begin}` };
    }
    const days = /^(\d{1,2})\s*[-–]\s*(\d{1,2})\s+(\D+\d{4})$/.exec(text);
    const [first, last] = days ? [`${days[1]} ${days[3]}`, `${days[2]} ${days[3]}`] : text.split(/\s+[-–]\s+|\s+to\s+|\s*–\s*|(?<=^\d{4})-(?=\d{4}$)/);
    const begin = moment(first);
    const end = last === undefined ? begin : moment(last);
    if (!begin || !end) return null;
    return { shown: begin === end ? begin : `${begin} – ${end}`, isTurned: begin > end };
  }

  const isAddress = (text) => {
    try { return ["http:", "https:"].includes(new URL(text).protocol); } catch { return false; }
  };

  /* Field → what was understood, and what was found: pairs of a severity and a sentence. */
  function answersOf(values) {
    const answers = Object.fromEntries(Object.keys(rules.labels).map((name) => [name, { found: [] }]));
    const tell = (name, severity, sentence) => answers[name].found.push([severity, sentence]);
    if (!values.title) tell("title", "violation", rules.missing.title);
    if (!values.country) tell("country", values.city ? "warning" : "violation", rules.missing.country);
    else if (!listed("countries").has(fold(values.country[0]))) tell("country", "warning", rules.unlisted);
    const topics = listed("topics");
    if ((values.topics ?? []).some((topic) => !topics.has(fold(topic)))) tell("topics", "warning", rules.unlisted);
    if (!values.summary) tell("summary", "warning", rules.summary);
    if (values.source_url && !isAddress(values.source_url[0])) tell("source_url", "violation", rules.address);
    if (values.date) {
      const read = period(values.date[0]);
      if (!read) tell("date", "info", rules.date);
      else if (read.isTurned) tell("date", "warning", rules.range);
      else answers.date.understood = read.shown;
    }
    return answers;
  }

  function made(tag, className, ...content) {
    const element = document.createElement(tag);
    if (className) element.className = className;
    element.append(...content);
    return element;
  }

  function shownIn(part, { understood, found }) {
    const lines = understood ? [made("p", "understood", `${rules.understood} `, made("b", "", understood))] : [];
    lines.push(...found.map(([severity, sentence]) => made("p", "told", made("span", `weight ${severity}`, rules.weights[severity]), " ", sentence)));
    part.replaceChildren(...lines);
    if (found.some(([severity]) => severity === "violation")) part.dataset.wrong = "";
    else delete part.dataset.wrong;
  }

  function problems(wrong) {
    const link = (name) => Object.assign(made("a", "", rules.labels[name]), { href: `#field-${name}` });
    const count = wrong.length === 1 ? rules.oneWrong : rules.manyWrong.replace("{n}", wrong.length);
    const box = made("div", "notice", made("p", "", made("b", "", count)), made("ul", "", ...wrong.map((name) => made("li", "", link(name)))));
    box.setAttribute("role", "alert");
    return box;
  }

  /* This page as a check leaves it. */
  function checked(form) {
    const page = document.cloneNode(true);
    const values = valuesOf(form);
    const answers = answersOf(values);
    const wrong = Object.keys(answers).filter((name) => answers[name].found.some(([severity]) => severity === "violation"));
    for (const part of page.querySelectorAll("[data-answer]")) if (answers[part.dataset.answer]) shownIn(part, answers[part.dataset.answer]);
    page.getElementById("problems").replaceChildren(...(wrong.length ? [problems(wrong)] : []));
    for (const old of page.querySelectorAll("#outcome .verdict-line, #outcome [data-mail]")) old.remove();
    const verdict = made("p", `verdict-line ${wrong.length ? "bad" : "good"}`, wrong.length ? rules.bad : rules.good);
    page.querySelector("#outcome h2").after(verdict, ...(rules.mail && !wrong.length ? [mail(values)] : []));
    return page;
  }

  function mail(values) {
    const short = ["title", "country", "city", "date", "topics"];
    const lines = (names) => names.filter((name) => values[name]).map((name) => `${rules.labels[name]}: ${values[name].join(" | ")}`.replace(/\r?\n/g, "\r\n"));
    const href = (body) => `${rules.mail}?subject=${encodeURIComponent(rules.subject.replace("{title}", values.title[0].slice(0, 80)))}&body=${encodeURIComponent(body.join("\r\n"))}`;
    const names = [...new Set(rules.columns.map(([name]) => name))];
    const bodies = [lines(names), [...lines(short), rules.attached], [rules.attached]];
    const link = Object.assign(made("a", "button", rules.write), { href: href(bodies.find((body) => href(body).length <= LONGEST_LINK) ?? bodies[2]) });
    const line = made("p", "", link);
    line.dataset.mail = "";
    return line;
  }

  /* The columns of the template, with the topics in one column each. */
  function download(form) {
    const values = valuesOf(form);
    const cells = rules.columns.map(([name], at) => {
      const before = rules.columns.slice(0, at).filter(([other]) => other === name).length;
      return name === "topics" ? values.topics?.[before] ?? "" : (values[name] ?? []).join(" | ");
    });
    const line = (texts) => texts.map((text) => `"${text.replace(/"/g, '""')}"`).join(",");
    const text = `\ufeff${line(rules.columns.map(([, heading]) => heading))}\r\n${line(cells)}\r\n`;
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(new Blob([text], { type: "text/csv" })), download: "practice.csv" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  window.submission = { checked, download };
})();
