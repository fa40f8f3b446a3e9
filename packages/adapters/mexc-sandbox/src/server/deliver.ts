import type { Clock } from '@prate/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type HttpFaultRule, takesEffect } from '../faults/http-fault.ts';
import { toJson } from '../wire/json.ts';

export interface Delivery {
  readonly rule: HttpFaultRule;
  /** Works on the request and gives the body of its answer. */
  readonly answer: () => string | Promise<string>;
  readonly clock: Clock;
  readonly closing: AbortSignal;
}

const JSON_TYPE = 'application/json;charset=utf-8';
const SUCCESS = '{"success":true,"code":0';
const PAGE = '<html><head><title>Access Denied</title></head><body><h1>Access Denied</h1></body></html>\n';

/** An answer as it is. */
export const sendJson = (reply: FastifyReply, text: string): void => send(reply, 200, JSON_TYPE, text);

/** Sends what a fault makes of an answer. */
export async function deliver(request: FastifyRequest, reply: FastifyReply, delivery: Delivery): Promise<void> {
  const { rule, answer, clock, closing } = delivery;
  const { fault } = rule;
  const text = takesEffect(rule) ? await answer() : '';
  switch (fault.kind) {
    case 'delay': {
      const passed = await clock.sleep(fault.ms, closing).then(
        () => true,
        () => false,
      );
      if (!passed) return void reply.hijack();
      return send(reply, 200, JSON_TYPE, takesEffect(rule) ? text : await answer());
    }
    case 'hang':
      reply.hijack();
      return;
    case 'reset':
      reply.hijack();
      request.raw.socket.resetAndDestroy();
      return;
    case 'status':
      if (fault.retryAfterSeconds !== undefined) reply.header('retry-after', String(fault.retryAfterSeconds));
      return send(reply, fault.status, 'text/html', PAGE);
    case 'html':
      return send(reply, 200, 'text/html', PAGE);
    case 'empty':
      return send(reply, 200, JSON_TYPE, '');
    case 'refuse': {
      const { code, message = 'refused' } = fault;
      return send(reply, 200, JSON_TYPE, toJson({ success: false, code, message }));
    }
    case 'truncated':
      return send(reply, 200, JSON_TYPE, text.slice(0, Math.ceil(text.length / 2)));
    case 'wrongType':
      return send(reply, 200, 'text/plain', text);
    case 'noData':
      return send(reply, 200, JSON_TYPE, text.startsWith(SUCCESS) ? `${SUCCESS}}` : text);
  }
}

function send(reply: FastifyReply, status: number, type: string, body: string): void {
  void reply.code(status).header('content-type', type).send(body);
}
