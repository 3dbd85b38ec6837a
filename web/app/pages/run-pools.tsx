import { PageHead } from '../parts/page-head';

export default function RunPools() {
  return <PageHead title="run pools" />;
}
