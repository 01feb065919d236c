// ECS lifecycle hook: asked at every stage of a deployment and before every traffic step; holds traffic until the evidence says go.
import { lifecycleHookHandler } from '#runtime/lifecycle-hook-handler.ts';

export const handler = lifecycleHookHandler();
