// Event buses.
import { AwsError } from '../endpoint/aws-error.ts';
import type { AwsShape, Operation, Region } from '../region.ts';
import { busName, type EventBus, type EventBusState } from './event-bus-state.ts';
import { limitExceeded, optionalText, pageOf, requiredText, validationError } from './input-members.ts';
import { BUSES_MAX, DESCRIPTION_LENGTH_MAX } from './limits.ts';
import { checkedTags } from './tag-operations.ts';

/** Names of partner buses have slashes; those are not made by CreateEventBus. */
const BUS_NAME = /^[.\-_A-Za-z0-9]{1,256}$/;

export function createBus(region: Region, name: string, description?: string): EventBus {
  return { name, arn: region.arn('events', `event-bus/${name}`), description, madeAt: region.clock.now(), rules: new Map() };
}

export function createBusOperations(region: Region, state: EventBusState): Readonly<Record<string, Operation>> {
  const resources = (input: AwsShape): string[] => [region.arn('events', `event-bus/${busName(input['Name'])}`)];
  return {
    CreateEventBus: {
      resources,
      handle(input) {
        const name = requiredText(input, 'Name', BUS_NAME);
        if (state.buses.has(name)) throw new AwsError('ResourceAlreadyExistsException', `Event bus ${name} already exists.`);
        if (state.buses.size >= BUSES_MAX) throw limitExceeded(`${BUSES_MAX} event buses`);
        const tags = checkedTags(input['Tags']);
        const bus = createBus(region, name, optionalText(input, 'Description', DESCRIPTION_LENGTH_MAX));
        state.buses.set(name, bus);
        if (tags.size > 0) state.tags.set(bus.arn, tags);
        return { EventBusArn: bus.arn, Description: bus.description };
      },
    },
    DescribeEventBus: {
      resources,
      handle(input) {
        const name = busName(input['Name']);
        const bus = state.buses.get(name);
        if (bus === undefined) throw new AwsError('ResourceNotFoundException', `Event bus ${name} does not exist.`);
        return busShape(bus);
      },
    },
    ListEventBuses: {
      handle(input) {
        const prefix = optionalText(input, 'NamePrefix') ?? '';
        const buses = [...state.buses.values()].filter((bus) => bus.name.startsWith(prefix)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
        const { page, ...rest } = pageOf(buses, input);
        return { EventBuses: page.map(busShape), ...rest };
      },
    },
    DeleteEventBus: {
      resources,
      handle(input) {
        const name = requiredText(input, 'Name');
        if (name === 'default') throw validationError('Cannot delete event bus default.');
        const bus = state.buses.get(name);
        // AWS answers success for a bus that is not there.
        if (bus === undefined) return {};
        if (bus.rules.size > 0) throw validationError(`Cannot delete event bus ${name} since it has rules.`);
        state.buses.delete(name);
        state.tags.delete(bus.arn);
        return {};
      },
    },
  };
}

function busShape(bus: EventBus): AwsShape {
  const madeAt = new Date(bus.madeAt);
  return { Name: bus.name, Arn: bus.arn, Description: bus.description, CreationTime: madeAt, LastModifiedTime: madeAt };
}
