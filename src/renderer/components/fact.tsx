import { DataList } from '@mantine/core';
import type { ReactNode } from 'react';

/** Facts with their names, side by side, for the frame of a section. */
export function Facts({ children }: { children: ReactNode }) {
  return (
    <DataList labelWidth="min(8rem, 33%)" styles={{ item: { alignItems: 'baseline' } }}>
      {children}
    </DataList>
  );
}

export function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <DataList.Item>
      <DataList.ItemLabel c="dimmed">{label}</DataList.ItemLabel>
      <DataList.ItemValue miw={0}>{children}</DataList.ItemValue>
    </DataList.Item>
  );
}
