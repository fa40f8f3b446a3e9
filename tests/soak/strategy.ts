import { maCross, type Strategy } from '@prate/strategy-runner';

const strategy: Strategy = maCross({ share: '0.005' });
export default strategy;
