/** What k6 has at hand and its types leave out. */
declare const console: {
  log(text: string): void;
  warn(text: string): void;
  error(text: string): void;
};
