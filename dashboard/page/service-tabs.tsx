// From a service's deployment to its history and back.
export function ServiceTabs({ serviceKey, at }: { readonly serviceKey: string; readonly at: 'deployment' | 'history' }) {
  return (
    <nav class="tabs" aria-label={serviceKey}>
      <a href={`#/${serviceKey}`} {...(at === 'deployment' ? { 'aria-current': 'page' } : {})}>
        Deployment
      </a>
      <a href={`#/${serviceKey}/history`} {...(at === 'history' ? { 'aria-current': 'page' } : {})}>
        History
      </a>
    </nav>
  );
}
