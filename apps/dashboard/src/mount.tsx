import { createRoot } from 'react-dom/client';
import { dashboard } from './begin.ts';
import { App } from './ui/app.tsx';
import { DashboardProvider } from './ui/hooks.ts';

const root = createRoot(document.getElementById('page') as HTMLElement);
if (dashboard === null) {
  root.render(
    <main className="alone">
      <h1>Prate</h1>
      <p>
        This page needs the whole address that <code>prate up</code> has printed: its last part, <code>#token=…</code>,
        is the key to the session.
      </p>
    </main>,
  );
} else {
  root.render(
    <DashboardProvider value={dashboard}>
      <App />
    </DashboardProvider>,
  );
}
