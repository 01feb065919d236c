// Replaces Date inside a function's worker: the region's simulated time, in UTC as on Lambda. Timers stay real, as they are for
// the rest of a running function.

/** The current simulated time, from the three doubles of the region's clock. */
export function simulatedNow(anchor: Float64Array): number {
  const [realAt = 0, simulatedAt = 0, rate = 0] = anchor;
  // performance.timeOrigin differs from thread to thread, but origin + now is the epoch time in each of them.
  return Math.floor(simulatedAt + (performance.timeOrigin + performance.now() - realAt) * rate);
}

const LOCAL_UNITS = ['Date', 'Day', 'FullYear', 'Hours', 'Milliseconds', 'Minutes', 'Month', 'Seconds'] as const;
const LOCAL_TIME_TEXT = /^\d{4}-\d\d-\d\dT[\d:.]+$/;

export function installSimulatedDate(buffer: SharedArrayBuffer): void {
  const anchor = new Float64Array(buffer);
  const RealDate = globalThis.Date;
  const now = (): number => simulatedNow(anchor);

  const prototype = RealDate.prototype as unknown as Record<string, unknown>;
  for (const unit of LOCAL_UNITS) {
    prototype[`get${unit}`] = prototype[`getUTC${unit}`];
    if (unit !== 'Day') prototype[`set${unit}`] = prototype[`setUTC${unit}`];
  }
  prototype['getTimezoneOffset'] = () => 0;
  prototype['toString'] = function localText(this: Date): string {
    // `Thu Jan 15 2026 10:00:00 GMT+0000 (Coordinated Universal Time)`, made from the UTC text `Thu, 15 Jan 2026 10:00:00 GMT`.
    const [weekday = '', day, month, year, time] = this.toUTCString().replace(',', '').split(' ');
    return Number.isNaN(this.getTime()) ? 'Invalid Date' : `${weekday} ${month} ${day} ${year} ${time} GMT+0000 (Coordinated Universal Time)`;
  };

  const SimulatedDate = new Proxy(RealDate, {
    construct(target, args: unknown[], newTarget) {
      if (args.length === 0) return Reflect.construct(target, [now()], newTarget) as object;
      const [first] = args;
      if (args.length > 1) return Reflect.construct(target, [RealDate.UTC(...(args as [number, number]))], newTarget) as object;
      return Reflect.construct(target, [typeof first === 'string' && LOCAL_TIME_TEXT.test(first) ? `${first}Z` : first], newTarget) as object;
    },
    apply: () => new RealDate(now()).toString(),
    get: (target, key, receiver) => (key === 'now' ? now : Reflect.get(target, key, receiver)),
  });
  prototype['constructor'] = SimulatedDate;
  globalThis.Date = SimulatedDate;
}
