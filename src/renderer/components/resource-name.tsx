import { Text } from '@mantine/core';
import { useView } from '../data/app-link.tsx';

/** Where tokens are good: our own MCP server by its name, any other by its address. */
export function ResourceName({ resource }: { resource: string }) {
  const own = useView('status.get').data?.issuer.mcp === resource;
  if (!own) return <span>{resource}</span>;
  return (
    <>
      Trackeep Tray’s MCP server
      <Text size="sm" c="dimmed" component="div">
        {resource}
      </Text>
    </>
  );
}
