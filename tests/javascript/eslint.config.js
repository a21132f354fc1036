// What the hand-written JavaScript is held to, beside the types (tsconfig.json). The measures are
// those of the Python: complexity 8, functions of 40 lines, files of 400.

import js from "@eslint/js";
import globals from "globals";
import typescript from "typescript-eslint";

const MARKUP = "callers' words are text, never markup: use textContent, append or replaceChildren";

/** A file says in its first lines what it is for. */
const header = {
  create: (context) => ({
    Program(node) {
      const [first] = context.sourceCode.getAllComments();
      if (first?.type === "Line" && first.loc.start.line === 1) return;
      context.report({ node, message: "the file does not say in its first line what it is for" });
    },
  }),
};

/** `any` in a JSDoc type switches the type check off without a word. */
const noAny = {
  create: (context) => ({
    Program() {
      for (const comment of context.sourceCode.getAllComments()) {
        if (/\{[^}]*\bany\b[^}]*\}/.test(comment.value)) context.report({ loc: comment.loc, message: "any is no type" });
      }
    },
  }),
};

export default [
  { ignores: ["hotline/web/static/vendor"] },
  js.configs.recommended,
  {
    files: ["**/*.js"],
    plugins: { typescript: typescript.plugin, ours: { rules: { header, "no-any": noAny } } },
    linterOptions: { noInlineConfig: true }, // an exception stands in this file, with its reason
    rules: {
      complexity: ["error", 8],
      "consistent-return": "error",
      eqeqeq: "error",
      "max-lines": ["error", 400],
      "max-lines-per-function": ["error", 40],
      "no-shadow": "error",
      "no-unused-vars": "error",
      "no-var": "error",
      "prefer-const": "error",
      "ours/header": "error",
      "ours/no-any": "error",
      "typescript/ban-ts-comment": ["error", { "ts-expect-error": "allow-with-description" }],
    },
  },
  {
    files: ["hotline/**/*.js"],
    languageOptions: {
      globals: globals.browser,
      parser: typescript.parser,
      parserOptions: { project: "tests/javascript/tsconfig.json", tsconfigRootDir: process.cwd() },
    },
    rules: {
      "no-console": "error", // people read the page, and a fault reaches the console by itself
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now", message: "the page trusts the server's time: see clock.js" },
        ...["innerHTML", "outerHTML", "insertAdjacentHTML"].map((property) => ({ property, message: MARKUP })),
      ],
      "typescript/await-thenable": "error",
      "typescript/no-floating-promises": "error", // `void` says that nobody waits for it
      "typescript/no-misused-promises": "error",
    },
  },
  {
    files: ["tests/javascript/*.js"],
    languageOptions: { globals: globals.node },
  },
];
