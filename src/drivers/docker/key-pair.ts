import { utils } from 'ssh2';

export interface KeyPair {
  public: string;
  private: string;
}

/**
 * A new Ed25519 key pair in OpenSSH's format. `make` makes one: what ssh2 makes is malformed about
 * once in two hundred times, and then nobody can read it, ssh2 included.
 */
export function keyPair(make: () => KeyPair = () => utils.generateKeyPairSync('ed25519')): KeyPair {
  for (;;) {
    const pair = make();
    if (
      !(utils.parseKey(pair.private) instanceof Error) &&
      !(utils.parseKey(pair.public) instanceof Error)
    )
      return pair;
  }
}
