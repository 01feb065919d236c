// ECR says an image was pushed: admit it for each service that subscribed to the repository and whose tag policy accepts it.
import { parseImagePushedEvent } from '#contracts/image-pushed-event.ts';
import { routePush } from '#flows/route-push.ts';
import { subscriberHandler } from '#runtime/subscriber-handler.ts';

export const handler = subscriberHandler(parseImagePushedEvent, routePush);
