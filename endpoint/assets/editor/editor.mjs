// The query editor: CodeMirror for SPARQL, in a shadow root, so that its styles need no exception from the site's policy.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { setDiagnostics } from "@codemirror/lint";
import { EditorState, Prec } from "@codemirror/state";
import { drawSelection, EditorView, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const KEYWORDS = (
  "SELECT ASK CONSTRUCT DESCRIBE WHERE PREFIX BASE FROM NAMED DISTINCT REDUCED OPTIONAL UNION MINUS GRAPH FILTER BIND " +
  "VALUES EXISTS GROUP ORDER BY ASC DESC HAVING LIMIT OFFSET COUNT SUM AVG MIN MAX SAMPLE GROUP_CONCAT SEPARATOR AS IN " +
  "NOT LANG LANGMATCHES DATATYPE STR STRSTARTS STRENDS CONTAINS STRLEN SUBSTR REPLACE REGEX LCASE UCASE CONCAT IF " +
  "COALESCE BOUND IRI YEAR MONTH DAY NOW UUID ROUND ABS isIRI isLiteral isBlank a UNDEF"
).split(" ");
const MOST_SUGGESTED = 60;

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--code-keyword)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--code-string)" },
  { tag: tags.atom, color: "var(--code-iri)" },
  { tag: tags.number, color: "var(--code-number)" },
  { tag: tags.variableName, color: "var(--code-variable)" },
  { tag: [tags.standard(tags.variableName), tags.special(tags.variableName)], color: "var(--code-name)" },
  { tag: tags.comment, color: "var(--code-comment)", fontStyle: "italic" },
]);

const look = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--panel)", border: "1px solid var(--line)", borderRadius: "4px", fontSize: ".875rem", minHeight: "12rem" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "1px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.5", maxHeight: "32rem", minHeight: "12rem", overflow: "auto" },
  ".cm-content": { caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { background: "var(--code-selected)" },
  ".cm-gutters": { color: "var(--muted)", backgroundColor: "var(--panel)", border: "none", paddingInlineEnd: ".25rem" },
  "&.cm-focused .cm-matchingBracket, .cm-matchingBracket": { backgroundColor: "var(--soft)", outline: "1px solid var(--accent)" },
  ".cm-lintRange-error": { textDecoration: "underline wavy var(--warm)", backgroundImage: "none", backgroundColor: "var(--notice)" },
  ".cm-lintPoint-error::after": { borderBottomColor: "var(--warm)" },
  ".cm-tooltip": { color: "var(--ink)", backgroundColor: "var(--paper)", border: "1px solid var(--line)", maxWidth: "calc(100vw - 2rem)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "14rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: ".2rem .5rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": { color: "var(--accent-ink)", background: "var(--accent)" },
  ".cm-completionDetail": { fontFamily: "var(--sans)", fontStyle: "normal", opacity: ".8", marginInlineStart: "1em" },
});

/* Suggestions: variables of the query, prefixes, terms of the data, keywords. */

function short(iri, prefixes) {
  for (const [prefix, space] of Object.entries(prefixes)) {
    const rest = iri.slice(space.length);
    if (iri.startsWith(space) && /^[A-Za-z0-9_-]+$/.test(rest)) return `${prefix}:${rest}`;
  }
  return `<${iri}>`;
}

function namesOf(terms) {
  const found = [];
  for (const [kind, type] of [["properties", "property"], ["classes", "class"], ["things", "constant"]]) {
    for (const [iri, label] of terms[kind] || []) found.push({ label: short(iri, terms.prefixes), detail: label, iri, type });
  }
  return found;
}

/* Take a suggestion, and declare its prefix where the query does not. */
function take(prefixes) {
  return (view, completion, from, to) => {
    const prefix = completion.label.match(/^([\w-]+):/);
    const text = view.state.doc.toString();
    const changes = [{ from, to, insert: completion.label }];
    if (prefix && prefixes[prefix[1]] && !new RegExp(`\\bPREFIX\\s+${prefix[1]}:`, "i").test(text)) {
      changes.unshift({ from: 0, insert: `PREFIX ${prefix[1]}: <${prefixes[prefix[1]]}>\n` });
    }
    const added = changes.length > 1 ? changes[0].insert.length : 0;
    view.dispatch({ changes, selection: { anchor: from + added + completion.label.length }, userEvent: "input.complete" });
  };
}

function suggest(terms) {
  const names = namesOf(terms);
  const apply = take(terms.prefixes);
  const declarations = Object.entries(terms.prefixes).map(([prefix, space]) => ({ label: `${prefix}: <${space}>`, type: "namespace" }));
  return (context) => {
    const declared = context.matchBefore(/\bPREFIX\s+[\w-]*/i);
    if (declared) return { from: context.matchBefore(/[\w-]*/).from, options: declarations };
    const variable = context.matchBefore(/[?$]\w*/);
    if (variable) {
      const all = new Set(context.state.doc.toString().match(/[?$]\w+/g) || []);
      all.delete(variable.text);
      return { from: variable.from, options: [...all].map((label) => ({ label, type: "variable" })), validFor: /^[?$]\w*$/ };
    }
    const word = context.matchBefore(/[\w-]+:?[\w-]*/);
    if (!word && !context.explicit) return null;
    const typed = (word ? word.text : "").toLowerCase();
    const fits = ({ label, detail }) => label.toLowerCase().startsWith(typed) || (!typed.includes(":") && (label.toLowerCase().includes(typed) || detail.toLowerCase().includes(typed)));
    const rank = ({ label }) => (label.toLowerCase().startsWith(typed) ? 0 : 1);
    const found = names.filter(fits).sort((one, other) => rank(one) - rank(other)).slice(0, MOST_SUGGESTED);
    const keywords = typed.includes(":") ? [] : KEYWORDS.filter((name) => name.toLowerCase().startsWith(typed)).map((label) => ({ label, type: "keyword" }));
    // A word that is complete is no suggestion: Enter begins a new line after it.
    const options = [...keywords, ...found.map((term) => ({ ...term, apply }))].filter(({ label }) => label.toLowerCase() !== typed);
    return options.length ? { from: word ? word.from : context.pos, options, filter: false } : null;
  };
}

/* The editor in the place of a textarea, which gets every change, so that the form stays as it is. */
export function edit(textarea, { terms, words, run, changed }) {
  const host = document.createElement("div");
  host.className = "editor";
  textarea.before(host);
  const root = host.attachShadow({ mode: "open" });
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: textarea.value,
      extensions: [
        lineNumbers(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        EditorView.lineWrapping,
        StreamLanguage.define(sparql),
        syntaxHighlighting(colours),
        autocompletion({ override: [suggest(terms)], activateOnTypingDelay: 50, icons: false }),
        Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => (run(), true) }])),
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap]),
        EditorView.contentAttributes.of({ "aria-label": words.query, "aria-description": words.keys, spellcheck: "false" }),
        look,
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          textarea.value = update.state.doc.toString();
          changed();
        }),
      ],
    }),
  });
  return {
    focus: () => view.focus(),
    select: (from, to) => view.dispatch({ selection: { anchor: from, head: to } }),
    set: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
    mark: (line, column, message) => {
      const at = view.state.doc.line(Math.min(line, view.state.doc.lines));
      const from = Math.min(at.from + column - 1, at.to);
      const word = view.state.doc.sliceString(from, at.to).match(/^\S+/);
      const to = word ? from + word[0].length : from;
      view.dispatch(setDiagnostics(view.state, [{ from, to, severity: "error", message }]));
      view.dispatch({ effects: EditorView.scrollIntoView(from, { y: "center" }) });
    },
    clear: () => view.dispatch(setDiagnostics(view.state, [])),
  };
}
