/** An address below another, which may end in a slash or not. */
export function below(base: string, path: string): string {
  return `${base.replace(/\/+$/, '')}/${path}`;
}

/** Where a request's page opens; null when no address is configured that others reach. */
export function requestPage(publicUrl: string | null, request: number): string | null {
  return publicUrl === null ? null : below(publicUrl, `r/${request}`);
}
