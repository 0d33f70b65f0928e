import '@mantine/core/styles.css';
import '@mantine/charts/styles.css';
import '@mantine/notifications/styles.css';
import './theme/global.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Router } from 'wouter';
import { useHashLocation } from 'wouter/use-hash-location';
import { App } from './app.tsx';
import { chooseClient } from './client/index.ts';
import { AppLinkProvider } from './data/app-link.tsx';
import { cssVariables, theme } from './theme/theme.ts';

// Before the router looks at the address: on the web it may carry the login token, which the client takes out.
const client = chooseClient();

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root.');

createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <AppLinkProvider client={client}>
        <Router hook={useHashLocation}>
          <App />
        </Router>
        <Notifications position="bottom-right" />
      </AppLinkProvider>
    </MantineProvider>
  </StrictMode>,
);
