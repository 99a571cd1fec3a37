import { Body, Controller, Delete, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { CookieOptions, Request, Response } from 'express';
import { z } from 'zod';
import { KinoscopeError } from '../core/errors.js';
import { Operation, Tag } from '../openapi/operation.js';
import { COOKIE } from './access.middleware.js';
import { ApiKeys } from './keys.js';
import { Open } from './scope.js';

const SessionInput = z.object({ key: z.string().max(200) }).meta({ id: 'SessionInput' });

const cookieOptions = (request: Request): CookieOptions => ({
  httpOnly: true,
  sameSite: 'strict',
  secure: request.secure,
  path: '/',
});

/** For pages: the key as a cookie, because their videos and event streams cannot send a header. */
@Tag('access')
@Controller('v1/session')
export class SessionController {
  constructor(private readonly keys: ApiKeys) {}

  @Open()
  @Post()
  @HttpCode(204)
  @Operation('startSession', {
    summary: 'Keep an API key in a cookie that scripts cannot read',
    answers: { 204: null },
    problems: [401, 403],
    open: true,
  })
  async start(
    @Body({ schema: SessionInput }) { key }: z.infer<typeof SessionInput>,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    if (!(await this.keys.check(key))) throw new KinoscopeError('unauthorized', 'This API key is not valid');
    response.cookie(COOKIE, key, cookieOptions(request));
  }

  @Open()
  @Delete()
  @HttpCode(204)
  @Operation('endSession', { summary: 'Forget the cookie', answers: { 204: null }, problems: [403], open: true })
  end(@Req() request: Request, @Res({ passthrough: true }) response: Response): void {
    response.clearCookie(COOKIE, cookieOptions(request));
  }
}
