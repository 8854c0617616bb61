// The linter of the scripts that browsers get: `make lint` runs it. There is no build step, so what stands there is what runs.
import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["node_modules/", "var/", ".venv/"] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "consistent-return": "error",
      curly: ["error", "multi-line"],
      eqeqeq: "error",
      "no-console": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-shadow": "error",
      "no-use-before-define": ["error", { functions: false }],
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "prefer-template": "error",
      // What names and words come from is other people's: texts go into the page as text, never as HTML.
      "no-restricted-syntax": [
        "error",
        {
          selector: "AssignmentExpression[left.property.name=/^(innerHTML|outerHTML)$/]",
          message: "Use textContent: names and notes come from Delius.",
        },
        {
          selector: "CallExpression[callee.property.name=/^(insertAdjacentHTML|setHTMLUnsafe|write|writeln)$/]",
          message: "Use textContent: names and notes come from Delius.",
        },
      ],
    },
  },
  {
    files: ["rarbooking/static/**/*.js"],
    languageOptions: { globals: globals.browser, sourceType: "module" },
  },
  {
    // The administration loads its script as it is, without a module's scope.
    files: ["rarbooking/static/rarbooking/admin.js"],
    languageOptions: { sourceType: "script" },
  },
];
