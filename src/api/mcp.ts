import { z } from 'zod';

const version = z.literal('2.0').describe('Of JSON-RPC.');
const id = z.union([z.string(), z.number(), z.null()]);

/** A message to the server. */
export const message = z.looseObject({ jsonrpc: version }).meta({
  id: 'McpMessage',
  description: 'A message of the Model Context Protocol (JSON-RPC 2.0).',
  example: {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'an agent', version: '1' },
    },
  },
});

/** A refusal in the words of the protocol. */
export const rpcError = z
  .object({
    jsonrpc: version,
    id: id.optional().describe('The request that it answers; null: none.'),
    error: z
      .looseObject({
        code: z.number().int().describe('As JSON-RPC and the protocol count them.'),
        message: z.string().describe('Its cause, for people.'),
      })
      .describe('The error.'),
  })
  .meta({ id: 'McpError', description: 'An error of the Model Context Protocol.' });
