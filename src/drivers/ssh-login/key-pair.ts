import { utils } from 'ssh2';

export interface KeyPair {
  public: string;
  private: string;
}

/**
 * A new Ed25519 key pair in OpenSSH's format, as made by `make` until it can be parsed: about one in
 * two hundred of ssh2's pairs is malformed, and nobody can read it, ssh2 included.
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
