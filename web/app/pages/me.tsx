import { PageHead } from '../parts/page-head';
import { SelectField } from '../parts/field';
import { may, me } from '../server/session';
import { chooseTheme, theme, THEMES } from '../theme';
import { Password } from './me/password';
import { Sessions } from './me/sessions';
import { Tokens } from './me/tokens';
import '../styles/me.css';

/** The user's own page: who they are, their sessions, tokens and password, and how pages look. */
export default function Me() {
  const user = me.value;
  if (!user) return null;
  return (
    <>
      <PageHead title={user.name} about={user.email ?? user.username ?? undefined} />
      <div class="stack">
        <section class="card stack" aria-labelledby="profile">
          <h2 id="profile">You</h2>
          <dl class="about-me">
            <dt>Role</dt>
            <dd>{user.role}</dd>
            <dt>This session may</dt>
            <dd>{user.scopes.join(', ')}</dd>
            <dt>Highest priority</dt>
            <dd>{user.maxPriority}</dd>
            <dt>Other addresses</dt>
            <dd>{user.emails.map(({ email }) => email).join(', ') || 'none'}</dd>
            <dt>SSH keys</dt>
            <dd>{user.sshKeys.length > 0 ? <SshKeys /> : 'none'}</dd>
            <dt>Time zone</dt>
            <dd>{Intl.DateTimeFormat().resolvedOptions().timeZone}</dd>
          </dl>
          <Theme />
        </section>
        {may('self') && (
          <>
            <Sessions />
            <Tokens />
            <Password />
          </>
        )}
      </div>
    </>
  );
}

function SshKeys() {
  return (
    <ul>
      {me.value?.sshKeys.map(({ key, source }) => (
        <li key={key}>
          <code class="ssh-key">{key}</code> <span class="hint">from {source}</span>
        </li>
      ))}
    </ul>
  );
}

const WORDS = { system: 'As the system', light: 'Light', dark: 'Dark' };

function Theme() {
  return (
    <div class="theme">
      <SelectField
        label="Colours"
        value={theme.value}
        options={THEMES.map((name) => [name, WORDS[name]] as const)}
        onValue={(chosen) => chooseTheme(THEMES.find((name) => name === chosen) ?? 'system')}
      />
    </div>
  );
}
