import { PageHead } from '../parts/page-head';

export default function RunWebhook() {
  return <PageHead title="run webhook" />;
}
