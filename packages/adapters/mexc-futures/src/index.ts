export * from './ws/socket-manager.ts';
