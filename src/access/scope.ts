import { SetMetadata } from '@nestjs/common';
import type { Scope } from './keys.js';

/** Metadata of a route: the scope that its callers need, null for everybody. */
export const SCOPE = 'kinoscope:scope';

/** Says which scope a route's callers need. Without it: `read` for GET, `write` for what changes something. */
export const NeedsScope = (scope: Scope): MethodDecorator & ClassDecorator => SetMetadata(SCOPE, scope);

/** A route that needs no key: its answer tells nothing about anybody's library. */
export const Open = (): MethodDecorator & ClassDecorator => SetMetadata(SCOPE, null);
