// `npm run simulate`: thousands of deployments with faults in virtual time, for people.
import { parseOptions, USAGE } from '../support/simulation/options.ts';
import { simulate } from '../support/simulation/simulate.ts';

const options = parseOptions(process.argv.slice(2), process.env['SEED']);
if (typeof options === 'string') {
  process.stderr.write(`${options}\n\n${USAGE}\n`);
  process.exit(2);
}
process.exit(await simulate(options));
