/** Hides every secret the configuration knows. Streams hold back what could be the start of one. */
export interface Redaction {
  text(plain: string): string;
  stream(): { push(chunk: string): string; flush(): string };
}
