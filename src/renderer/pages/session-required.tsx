import { Center, Code, Stack, Text, Title } from '@mantine/core';
import { BrandMark } from '../components/brand.tsx';

/** The web UI without a session: nothing of the app is shown, only the way back in. */
export function SessionRequiredPage() {
  return (
    <Center component="main" mih="100dvh" p="lg">
      <Stack align="center" gap="md" maw={420}>
        <BrandMark size={48} />
        <Title order={1} ta="center">
          This page needs a fresh link
        </Title>
        <Text ta="center" c="dimmed">
          So that only you can use it, Trackeep Tray opens this page with a link that works once. Run this on the
          machine where it runs:
        </Text>
        <Code fz="lg" px="md" py="xs">
          trackeep open
        </Code>
        <Text ta="center" c="dimmed" size="sm">
          This tab goes on by itself when the new link has been opened in this browser.
        </Text>
      </Stack>
    </Center>
  );
}
