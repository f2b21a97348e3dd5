/* A site in the hands of its contractor or the operator: who may log in, which devices there are, what the
 * contract says, what was done. base: the parts of the address before these. */
import { html } from './preact.js';
import { say, text } from './words.js';
import { address } from './shell.js';
import { Crew } from './crew.js';
import { Machines } from './machines.js';
import { Contract } from './contract.js';
import { Audit } from './audit.js';

const PARTS = { people: Crew, machines: Machines, contract: Contract, audit: Audit };

export function Manage({ base, at, ...shared }) {
  const part = at in PARTS ? at : 'people';
  return html`<nav class="parts" aria-label=${text('manage.parts')}><ul>${Object.keys(PARTS).map((one) => html`<li key=${one}>
      <a class="button" href=${address(...base, one)} aria-current=${one === part ? 'page' : null}>${say(`manage.${one}`)}</a></li>`)}</ul></nav>
    <${PARTS[part]} key=${part} ...${shared} />`;
}
