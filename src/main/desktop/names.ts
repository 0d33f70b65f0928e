export const APP_NAME = 'Trackeep Tray';
/** The same as `appId` in electron-builder.yml; Windows and Linux tie notifications and windows to it. */
export const APP_ID = 'org.trackeep.tray';
