import type { CompoundCommand, CompoundList, ParsedScript, Redirected } from 'unbash';

/** Stands in a resolved text for a piece that cannot be known before the command runs. */
export const opaque = '\0';

/** What a command would read from its standard input, as far as the text of the line says. */
export type Stdin =
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly text: string }
  /** From a file or from another program; `from` names the programs upstream. */
  | { readonly kind: 'unknown'; readonly from: readonly string[] };

/** Values by name. Arrays have several. */
type Variables = Map<string, readonly string[]>;

/** What conditions decide about the commands after them. */
export interface Standing {
  readonly variables: Variables;
  cwd: string | undefined;
}

/** What is known at one point of a script. Copied for every subshell, shared inside one. */
export interface Scope {
  /** Shell variables with known values; a name that is missing may be set on the host. Arrays have several. */
  readonly variables: Variables;
  /** `$0`, `$1` …, or undefined when the caller is not known. */
  positional: readonly string[] | undefined;
  /** The folder `cd` went to, once one is known. */
  cwd: string | undefined;
  /** How things stand instead if an earlier condition went the other way. */
  readonly otherwise: Standing[];
  readonly functions: Map<string, CompoundCommand | Redirected | CompoundList>;
  stdin: Stdin;
  /** Set once IFS was changed: then nobody can say how a value splits. */
  splitsUnknown: boolean;
  /** What earlier commands of the same line did that later ones must be seen with. */
  readonly past: { fetched: boolean; onMain: boolean; wrote: Set<string> };
  /** How many texts inside texts the walk has entered. */
  readonly depth: number;
  /** The literal output of a substitution when it is plain to see, e.g. of `$(echo ls)`. */
  readonly outputOf: (script: ParsedScript, scope: Scope) => string | undefined;
}

/** A copy whose changes stay inside, as in a subshell. */
export function innerScope(scope: Scope, changes: Partial<Scope> = {}): Scope {
  return {
    ...scope,
    variables: new Map(scope.variables),
    functions: new Map(scope.functions),
    otherwise: scope.otherwise.map(standingOf),
    ...changes,
  };
}

/** A copy of how things stand. */
export function standingOf({ variables, cwd }: Standing): Standing {
  return { variables: new Map(variables), cwd };
}

/** Goes back to how things stood before a branch. */
export function goBack(scope: Scope, to: Standing): void {
  scope.variables.clear();
  for (const [name, values] of to.variables) scope.variables.set(name, values);
  scope.cwd = to.cwd;
}

const mostOtherwise = 6;

/** Keeps in mind that things may stand like this instead. */
export function orElse(scope: Scope, standing: Standing): void {
  if (scope.otherwise.length < mostOtherwise && !sameStanding(scope, standing))
    scope.otherwise.push(standing);
}

/** Gives a variable its value, whatever earlier conditions decided. */
export function assign(scope: Scope, name: string, values: readonly string[]): void {
  for (const { variables } of [scope, ...scope.otherwise]) variables.set(name, values);
}

function sameStanding(a: Standing, b: Standing): boolean {
  return (
    a.cwd === b.cwd &&
    a.variables.size === b.variables.size &&
    [...a.variables].every(([name, values]) => {
      const others = b.variables.get(name);
      return others?.length === values.length && values.every((value, i) => value === others[i]);
    })
  );
}
