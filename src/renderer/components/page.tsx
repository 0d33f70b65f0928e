import { Group, Paper, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect, useId } from 'react';
import classes from './page.module.css';

/**
 * One subject. The title is the first thing that is said, and where the focus goes after navigating.
 *
 * @param name for the window's title, where it differs from the heading
 * @param nav the way between pages of one subject, which keeps its place above the heading
 * @param lead one sentence under the heading
 * @param actions buttons that concern the whole page
 * @param wide for tables and pictures, which need more room than text
 */
export function Page({
  title,
  name,
  nav,
  lead,
  actions,
  wide = false,
  children,
}: {
  title: ReactNode;
  name: string;
  nav?: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  wide?: boolean;
  children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${name} – Trackeep Tray`;
  }, [name]);
  return (
    <Stack gap="xl" data-wide={wide || undefined}>
      {nav}
      <Group component="header" justify="space-between" align="flex-start" gap="md">
        <div className={classes.heading}>
          <Title order={1} tabIndex={-1} className={classes.title ?? ''}>
            {title}
          </Title>
          {lead !== undefined && (
            <Text component="div" c="dimmed" mt={4}>
              {lead}
            </Text>
          )}
        </div>
        {actions !== undefined && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}

/** A part of a page under its own heading. `bare` leaves the frame out. */
export function Section({
  title,
  description,
  actions,
  bare = false,
  children,
}: {
  title: string;
  description?: ReactNode;
  actions?: ReactNode;
  bare?: boolean;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <Group justify="space-between" align="flex-end" mb="xs" gap="md">
        <div>
          <Title order={2} id={id}>
            {title}
          </Title>
          {description !== undefined && (
            <Text size="sm" c="dimmed" mt={2}>
              {description}
            </Text>
          )}
        </div>
        {actions !== undefined && <Group gap="xs">{actions}</Group>}
      </Group>
      {bare ? (
        children
      ) : (
        <Paper withBorder p="lg" className={classes.frame ?? ''}>
          {children}
        </Paper>
      )}
    </section>
  );
}
