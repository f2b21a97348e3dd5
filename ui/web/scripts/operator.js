/* /operator/: the operator's pages. */
import { html } from './preact.js';
import { enter } from './login.js';
import { Mast, useAddress } from './shell.js';
import { Approvals } from './approvals.js';
import { Catalogue } from './catalogue.js';
import { Programmes } from './programmes.js';
import { Builder } from './builder.js';
import { Plays } from './plays.js';
import { Audit } from './audit.js';
import { Places } from './places.js';
import { ServiceHours } from './service_hours.js';

const TABS = ['approvals', 'films', 'programmes', 'sites', 'hours', 'plays', 'record'];

function Part({ at, address, who }) {
  switch (at) {
    case 'films': return html`<${Catalogue} sites=${who.sites} />`;
    case 'programmes': return address[1] === 'make' ? html`<${Builder} key=${address[2] ?? ''} id=${address[2] ?? ''} />` : html`<${Programmes} sites=${who.sites} />`;
    case 'sites': return html`<${Places} sites=${who.sites} id=${address[1] ?? ''} at=${address[2]} operator />`;
    case 'hours': return html`<${ServiceHours} />`;
    case 'record': return html`<${Audit} sites=${who.sites} />`;
    case 'plays': return html`<${Plays} sites=${who.sites} />`;
    default: return html`<${Approvals} id=${address[1] ?? ''} all=${who.sites} />`;
  }
}

function Page({ who, leave }) {
  const address = useAddress();
  const at = TABS.includes(address[0]) ? address[0] : TABS[0];
  return html`<${Mast} tabs=${TABS} at=${at} who=${who} leave=${leave} />
    <main class="operator"><${Part} key=${at} at=${at} address=${address} who=${who} /></main>`;
}

enter({ words: ['contents', 'manage', 'operator'], roles: ['operator'], Page, title: 'operator.title' });
