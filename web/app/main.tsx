import { render } from 'preact';
import './theme';
import { App } from './app';
import './styles/tokens.css';
import './styles/base.css';
import './styles/parts.css';
import './styles/shell.css';

render(<App />, document.getElementById('app')!);
