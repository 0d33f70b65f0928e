/** The peer of the tool calls: the MCP SDK on `node:http`, without authorization, with one tool that answers at once. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type NodeIncomingMessageLike, toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

const handler = createMcpHandler(() => {
  const mcp = new McpServer({ name: 'bare', version: '1.0.0' });
  mcp.registerTool(
    'connections_status',
    {
      description: 'Lists nothing.',
      inputSchema: z.object({}),
      outputSchema: z.object({ connections: z.array(z.string()) }),
    },
    async () => ({
      content: [{ type: 'text', text: JSON.stringify({ connections: [] }) }],
      structuredContent: { connections: [] },
    }),
  );
  return mcp;
});
const serve = toNodeHandler(handler);
const server = createServer((request, response) => void serve(request as NodeIncomingMessageLike, response));
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
