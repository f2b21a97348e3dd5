/* /programme/: the contractor's pages. */
import { html, useState } from './preact.js';
import { enter } from './login.js';
import { Mast, useAddress } from './shell.js';
import { Model } from './model.js';
import { Notices, Introductions } from './own.js';
import { Maker } from './maker.js';
import { Sender } from './sender.js';
import { Periods } from './periods.js';
import { Sites } from './sites.js';
import { Manage } from './manage.js';

const TABS = ['programme', 'notices', 'films', 'periods', 'manage', 'sites'];

function Part({ address, site, sites, onSite, operator }) {
  const [tab, what, id] = address;
  const shared = { site: site.site, clinic: site.name };
  if (tab === 'manage') return html`<${Manage} ...${shared} base=${['manage']} at=${what} operator=${operator} />`;
  if (what === 'make') return html`<${Maker} key=${`${tab}${id}`} ...${shared} id=${id ?? ''} kind=${tab === 'notices' ? 'notice' : 'introduction'} />`;
  if (what === 'send') return html`<${Sender} ...${shared} />`;
  switch (tab) {
    case 'notices': return html`<${Notices} ...${shared} />`;
    case 'films': return html`<${Introductions} ...${shared} />`;
    case 'periods': return html`<${Periods} ...${shared} id=${what ?? ''} />`;
    case 'sites': return html`<${Sites} sites=${sites} onSite=${onSite} />`;
    default: return html`<${Model} ...${shared} />`;
  }
}

function Page({ who, leave }) {
  const [id, setSite] = useState(who.sites[0].site);
  const here = useAddress();
  const address = here[0] === 'contract' ? ['manage', ...here] : here; /* as mails name it */
  const at = TABS.includes(address[0]) ? address[0] : TABS[0];
  const site = who.sites.find((one) => one.site === id);
  const tabs = who.sites.length > 1 ? TABS : TABS.slice(0, -1);
  return html`<${Mast} tabs=${tabs} at=${at} who=${who} leave=${leave} sites=${who.sites} site=${id} onSite=${setSite} />
    <main class="contractor"><${Part} key=${`${id}${at}`} address=${address} site=${site} sites=${who.sites} onSite=${setSite} operator=${who.role === 'operator'} /></main>`;
}

enter({ words: ['contents', 'manage', 'programme'], roles: ['contractor', 'operator'], Page, title: 'programme.title' });
