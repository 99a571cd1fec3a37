import { applyDecorators } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
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

/** By operationId. */
export const OPERATIONS = new Map<string, OperationSpec>();

/** Describes a route. @param id operationId: what a client's generator calls it */
export function Operation(id: string, spec: OperationSpec): MethodDecorator {
  OPERATIONS.set(id, spec);
  const { summary, description, deprecated } = spec;
  return applyDecorators(
    ApiOperation({ operationId: id, summary, ...(description && { description }), ...(deprecated && { deprecated }) }),
  );
}

export const bytes = (...types: string[]): Media => ({ types, binary: true });
export const text = (...types: string[]): Media => ({ types, binary: false });
