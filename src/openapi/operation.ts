import type { z } from 'zod';

/** Bytes or text of media types, and JSON where that is one of them. */
export interface Media {
  readonly types: readonly string[];
  readonly binary: boolean;
  readonly json?: z.ZodType;
}

/** An answer's content: JSON of a schema, other media, or none. */
export type Content = z.ZodType | Media | null;

/** What the OpenAPI document says of a route beside what its parameters say themselves. */
export interface OperationSpec {
  readonly summary: string;
  readonly description?: string;
  /** By status, those below 400. */
  readonly answers: Readonly<Record<number, Content>>;
  /** Statuses of 400 and more that answer with a problem document, beside those that any route may have. */
  readonly problems?: readonly number[];
  /** By media type, where it is not the one of a `@Body` parameter. */
  readonly body?: Readonly<Record<string, z.ZodType>>;
  /** Honours the Idempotency-Key header. */
  readonly idempotent?: true;
  /** Takes byte ranges. */
  readonly ranges?: true;
  /** Kept for programs that use it; another route does the same. */
  readonly deprecated?: true;
  /** Needs no key. */
  readonly open?: true;
}

/** A route that is described: what a client's generator calls it, and the rest. */
export interface Operation extends OperationSpec {
  readonly id: string;
}

const operations = new Map<string, Operation>();
const tags = new Map<string, string>();

/** @param handler names of controller and method, `JobsController.list` @throws Error when it is not described */
export function operationOf(handler: string): Operation & { readonly tag: string } {
  const operation = operations.get(handler);
  const tag = tags.get(handler.slice(0, handler.indexOf('.')));
  if (!operation || tag === undefined) throw new Error(`The route of ${handler} is not described`);
  return { ...operation, tag };
}

/**
 * Describes a route. Kept here and not as metadata of `@nestjs/swagger`, which only a service has to load.
 * @param id operationId: what a client's generator calls it
 */
export function Operation(id: string, spec: OperationSpec): MethodDecorator {
  return (controller, method) =>
    void operations.set(`${controller.constructor.name}.${String(method)}`, { ...spec, id });
}

/** The group in which the document shows a controller's routes. */
export function Tag(name: string): ClassDecorator {
  return (controller) => void tags.set(controller.name, name);
}

export const bytes = (...types: string[]): Media => ({ types, binary: true });
export const text = (...types: string[]): Media => ({ types, binary: false });
