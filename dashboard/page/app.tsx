// The dashboard's page: header, route, and which page is shown.
import './app.css';
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Whereabouts } from '../view/pages.ts';
import { HistoryView } from './history-view.tsx';
import { ServiceView } from './service-view.tsx';
import { ServicesView } from './services-view.tsx';
import { useTheme } from './theme.ts';

type Route =
  | { readonly page: 'services' }
  | { readonly page: 'service'; readonly key: string; readonly deploymentId?: string }
  | { readonly page: 'history'; readonly key: string };

/** `#/prod/orders`, `#/prod/orders/history`, `#/prod/orders/20261123T090112-3f0c2a91be`. */
function routeOf(hash: string): Route {
  const [cluster, name, what] = hash.replace(/^#\/?/, '').split('/');
  if (!cluster || !name) return { page: 'services' };
  const key = `${cluster}/${name}`;
  if (what === 'history') return { page: 'history', key };
  return { page: 'service', key, ...(what ? { deploymentId: what } : {}) };
}

function useRoute(): Route {
  const [route, setRoute] = useState(() => routeOf(location.hash));
  useEffect(() => {
    const follow = (): void => {
      // A place on the page, not another page.
      if (location.hash === '#main') return;
      setRoute(routeOf(location.hash));
      scrollTo(0, 0);
    };
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return route;
}

function useWhereabouts(): Whereabouts | undefined {
  const [whereabouts, setWhereabouts] = useState<Whereabouts>();
  useEffect(() => {
    void fetch('/api/whereabouts')
      .then((response) => (response.ok ? response.json() : undefined))
      .then(setWhereabouts, () => undefined);
  }, []);
  return whereabouts;
}

function App() {
  const route = useRoute();
  const [theme, switchTheme] = useTheme();
  const whereabouts = useWhereabouts();
  useEffect(() => {
    document.title = route.page === 'services' ? 'Weir' : `${route.key} · Weir`;
  }, [route]);
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <header class="top">
        <nav aria-label="Where you are">
          <a class="brand" href="#/">
            <svg viewBox="0 0 16 16" width="20" height="20" aria-hidden="true">
              <path d="M1 5h6l3 6h5" />
            </svg>
            Weir
          </a>
          {route.page !== 'services' && (
            <>
              <span class="slash" aria-hidden="true">
                /
              </span>
              <a href={`#/${route.key}`} class="crumb">
                {route.key}
              </a>
            </>
          )}
        </nav>
        <span class="grow" />
        {whereabouts !== undefined && (
          <span class="place" title={`You are ${whereabouts.caller}`}>
            <b>{whereabouts.stage}</b> {whereabouts.endpointUrl === undefined ? whereabouts.region : `local AWS ${new URL(whereabouts.endpointUrl).host}`}
          </span>
        )}
        <button type="button" class="plain" onClick={switchTheme} aria-label={`Switch to ${theme === 'dark' ? 'light' : 'dark'} colours`}>
          {theme === 'dark' ? '☀' : '☾'}
        </button>
      </header>
      <main id="main" tabIndex={-1}>
        {route.page === 'services' && <ServicesView />}
        {route.page === 'service' && (
          <ServiceView
            key={route.key}
            serviceKey={route.key}
            theme={theme}
            {...(route.deploymentId === undefined ? {} : { deploymentId: route.deploymentId })}
          />
        )}
        {route.page === 'history' && <HistoryView key={route.key} serviceKey={route.key} />}
      </main>
      <footer>Times are UTC. Everything here is also in the terminal: weir services, status, events, history, explain.</footer>
    </>
  );
}

const root = document.getElementById('app');
// The token is in the cookie now; the address is what people copy and share.
if (location.search !== '') history.replaceState(null, '', `/${location.hash}`);
if (root !== null) render(<App />, root);
