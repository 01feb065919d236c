// Objects whose members are made when first used: a function pays at its cold start only for what it needs.

/** An object of the same names; each member is made by its function on first use and kept. */
export function lazyMembers<T extends object>(makers: { readonly [K in keyof T]: () => T[K] }): T {
  const members = {} as T;
  for (const name of Object.keys(makers) as (keyof T)[]) {
    let made: { readonly value: T[keyof T] } | undefined;
    Object.defineProperty(members, name, {
      enumerable: true,
      get: () => {
        made ??= { value: makers[name]() };
        return made.value;
      },
    });
  }
  return members;
}
