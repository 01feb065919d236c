// Numbers as patterns compare them: double precision values. A number that a double cannot hold exactly enough to be written back
// the same is not comparable: a pattern that needs it compared is refused, and in an event it equals only its own text.

/** The value, or undefined when the number is not comparable (1e309, 1e-325, 0.1 with 30 more digits). */
export function comparableNumber(text: string): number | undefined {
  const value = Number(text);
  if (!Number.isFinite(value) || canonicalDecimal(text) !== canonicalDecimal(String(value))) return undefined;
  // There is one zero.
  return value === 0 ? 0 : value;
}

/** `-12.50e3` -> `-125e2`: sign, digits without zeros at either end, exponent of the last digit. */
function canonicalDecimal(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}
