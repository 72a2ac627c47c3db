/** A refusal as Discord words it: status, code and, for forms, which field is wrong. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: number;
  readonly errors: unknown;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: number,
    message: string,
    more: { readonly errors?: unknown; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.errors = more.errors;
    this.headers = more.headers ?? {};
  }

  body(): Record<string, unknown> {
    return {
      message: this.message,
      code: this.code,
      ...(this.errors === undefined ? {} : { errors: this.errors }),
    };
  }
}

/** 50035: a field of the form is wrong. `path` is written with dots: `components.0.label`. */
export function badForm(path: string, code: string, message: string): ApiError {
  const leaf = { _errors: [{ code, message }] };
  const errors = path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), leaf);
  return new ApiError(400, 50_035, 'Invalid Form Body', { errors });
}

export const unknown = {
  channel: () => new ApiError(404, 10_003, 'Unknown Channel'),
  guild: () => new ApiError(404, 10_004, 'Unknown Guild'),
  message: () => new ApiError(404, 10_008, 'Unknown Message'),
  webhook: () => new ApiError(404, 10_015, 'Unknown Webhook'),
  interaction: () => new ApiError(404, 10_062, 'Unknown interaction'),
  route: () => new ApiError(404, 0, '404: Not Found'),
} as const;

export const refused = {
  token: () => new ApiError(401, 0, '401: Unauthorized'),
  access: () => new ApiError(403, 50_001, 'Missing Access'),
  permissions: () => new ApiError(403, 50_013, 'Missing Permissions'),
  acknowledged: () => new ApiError(400, 40_060, 'Interaction has already been acknowledged.'),
} as const;
